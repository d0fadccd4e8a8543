import "@mantine/core/styles.css";
import "../main.css";
import { show } from "../theme.tsx";
import { MyApp } from "./my-app.tsx";

show(<MyApp />);
