import "./look/base.css";
import "./theme";
import { render } from "preact";
import { App } from "./app";
import { loadSession } from "./session";

void loadSession();
render(<App />, document.getElementById("app")!);
