// On every page: htmx, and our own small modules. Everything works without them, except that
// nothing is live.
import "htmx.org";
import "./countdown.js";
import "./dialogs.js";
import "./editor.js";
import "./fewer.js";
import "./folds.js";
import "./forms.js";
import "./keys.js";
import "./live.js";
import "./preferences.js";
import "./tabs.js";
import "./times.js";
import "./uploads.js";
