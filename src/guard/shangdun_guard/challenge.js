"use strict";
(function () {
  var form = document.getElementById("answer");
  var text = form.elements.challenge.value;
  var bits = Number(form.getAttribute("data-bits"));
  var K = [], H0 = [], n = 0, candidate = 2;
  function frac(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
  for (; n < 64; candidate++) {
    var prime = true;
    for (var d = 2; d * d <= candidate; d++) if (candidate % d === 0) { prime = false; break; }
    if (prime) { if (n < 8) H0[n] = frac(Math.sqrt(candidate)); K[n++] = frac(Math.cbrt(candidate)); }
  }
  var W = new Int32Array(64);
  function compress(state, block) {
    var i, a = state[0], b = state[1], c = state[2], d = state[3];
    var e = state[4], f = state[5], g = state[6], h = state[7];
    for (i = 0; i < 64; i++) {
      if (i < 16) W[i] = block[i];
      else {
        var x = W[i - 15], y = W[i - 2];
        W[i] = (W[i - 16] + W[i - 7] +
          ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
          ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0;
      }
      var t1 = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) +
        (e & f ^ ~e & g) + K[i] + W[i]) | 0;
      var t2 = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) +
        (a & b ^ a & c ^ b & c)) | 0;
      h = g; g = f; f = e; e = d + t1 | 0; d = c; c = b; b = a; a = t1 + t2 | 0;
    }
    return [state[0] + a | 0, state[1] + b | 0, state[2] + c | 0, state[3] + d | 0,
      state[4] + e | 0, state[5] + f | 0, state[6] + g | 0, state[7] + h | 0];
  }
  function words(ascii) {
    var size = ascii.length, total = (size + 8 >> 6) + 1, out = new Int32Array(total * 16);
    for (var i = 0; i < size; i++) out[i >> 2] |= ascii.charCodeAt(i) << 24 - i % 4 * 8;
    out[size >> 2] |= 128 << 24 - size % 4 * 8;
    out[total * 16 - 1] = size * 8;
    return out;
  }
  var head = text + ":", fixed = head.length >> 6, first = words(head), start = H0;
  for (var block = 0; block < fixed; block++)
    start = compress(start, first.subarray(block * 16, block * 16 + 16));
  function good(counter) {
    var all = words(head + counter), state = start;
    for (var at = fixed; at < all.length / 16; at++)
      state = compress(state, all.subarray(at * 16, at * 16 + 16));
    return bits <= 32 ? Math.clz32(state[0]) >= bits : false;
  }
  function done(counter) {
    form.elements.answer.value = counter;
    var again = document.getElementById("again");
    var send = HTMLFormElement.prototype.submit; // a field may be called submit
    if (!again) { send.call(form); return; }
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin", redirect: "manual" }).then(function () { send.call(again); });
  }
  var counter = 0;
  function work() {
    var until = Date.now() + 40;
    while (Date.now() < until)
      for (var i = 0; i < 200; i++, counter++) if (good(counter)) { done(counter); return; }
    setTimeout(work, 0);
  }
  setTimeout(work, 50);
})();
