/** What the view "Base and after" has computed: loaded when it is first asked for. */
export { compare } from "./before/compared.js";
export { group } from "./before/group.js";
export { ModelShelf } from "./before/shelf.js";
export { repeated, shots } from "./before/shots.js";
export { surprise } from "./before/surprise.js";
