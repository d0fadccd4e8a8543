import "@mantine/core/styles.css";
import "./main.css";
import { App } from "./app.tsx";
import { show } from "./theme.tsx";

show(<App />);
