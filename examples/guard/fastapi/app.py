"""A FastAPI shop behind the guard: `pip install fastapi uvicorn shangdun-guard`, `uvicorn app:app`.

Where ShangDun is, and how it is reached, stands in the environment: SHANGDUN_GUARD_URL, _KEY,
_SOURCE, _TOKEN. Without any of it requests are inspected all the same.
"""

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import StreamingResponse

from shangdun_guard.asgi import GuardMiddleware
from shangdun_guard.guard import Guard

guard = Guard({"routes": {"/": "block", "/support": "observe"}})
app = FastAPI()
app.add_middleware(GuardMiddleware, guard=guard)


@app.get("/")
def home(q: str = "nothing"):
    return {"found": [], "for": q}


@app.post("/order")
async def order(request: Request):
    total = float((await request.json())["total"])
    told = guard.event("order.created", order={"uid": "10017", "total": total, "currency": "CNY"})
    return {"ordered": total, "told": told}


@app.post("/support")
async def support(request: Request):
    return {"received": len(await request.body())}


@app.post("/upload")
async def upload(request: Request):
    return {"bytes": sum([len(part) async for part in request.stream()])}


@app.get("/stream")
def stream():
    return StreamingResponse(f"{n}\n" for n in range(3))


@app.websocket("/live")
async def live(socket: WebSocket):
    await socket.accept()
    await socket.send_text("tea")
    await socket.close()
