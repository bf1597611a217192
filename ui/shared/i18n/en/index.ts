import { agreeing } from "./agreeing";
import { approving } from "./approving";
import { arriving } from "./arriving";
import { guiding } from "./guiding";
import { importing } from "./importing";
import { lists } from "./lists";
import { program } from "./program";
import { records } from "./records";

/** Everything the program says by itself. Labels of fields and records come with the data. */
export const en = {
  ...program,
  ...arriving,
  ...lists,
  ...records,
  ...agreeing,
  ...approving,
  ...importing,
  ...guiding,
};

export type Texts = typeof en;
