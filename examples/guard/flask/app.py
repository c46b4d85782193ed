"""A Flask shop behind the guard: `pip install flask shangdun-guard`, `flask --app app run`.

Where ShangDun is, and how it is reached, stands in the environment: SHANGDUN_GUARD_URL, _KEY,
_SOURCE, _TOKEN. Without any of it requests are inspected all the same.
"""

from flask import Flask, request

from shangdun_guard.guard import Guard
from shangdun_guard.wsgi import GuardMiddleware

guard = Guard({"routes": {"/": "block", "/support": "observe"}})
app = Flask(__name__)
app.wsgi_app = GuardMiddleware(app.wsgi_app, guard)


@app.get("/")
def home():
    return f"<h1>Tea</h1><p>Nothing found for {request.args.get('q', 'nothing')!r}</p>"


@app.post("/order")
def order():
    total = float(request.form["total"])
    told = guard.event("order.created", order={"uid": "10017", "total": total, "currency": "CNY"})
    return {"ordered": total, "told": told}


@app.post("/support")
def support():
    return {"received": len(request.form["text"])}


@app.post("/upload")
def upload():
    return {"bytes": sum(1 for _ in iter(lambda: request.stream.read(1), b""))}
