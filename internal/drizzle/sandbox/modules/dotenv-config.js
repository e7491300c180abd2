// dotenv/config: imported for what it does.
import { config } from "dotenv";

config();
