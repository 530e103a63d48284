/** What the view "Base and after" has computed: loaded when it is first asked for. */
export { surprise } from "./before/surprise.js";
