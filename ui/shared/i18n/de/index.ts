import type { Texts } from "../en";
import { agreeing } from "./agreeing";
import { approving } from "./approving";
import { arriving } from "./arriving";
import { guiding } from "./guiding";
import { importing } from "./importing";
import { lists } from "./lists";
import { program } from "./program";
import { records } from "./records";

export const de: Texts = {
  ...program,
  ...arriving,
  ...lists,
  ...records,
  ...agreeing,
  ...approving,
  ...importing,
  ...guiding,
};
