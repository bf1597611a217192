import { useEntities } from "@daybook/shared/data/queries";
import { useLabel } from "@daybook/shared/i18n/language";
import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWork, useWorkElsewhere } from "../features/import/work";

/** How far an import is while its screen is closed, or that it has ended; it leads there. */
export function ImportLight() {
  const { t } = useTranslation();
  const label = useLabel();
  const { data: entities } = useEntities();
  const name = useWorkElsewhere();
  const { doing, progress } = useWork(name ?? "");
  const place = useLocation({ select: (location) => location.pathname });
  const entity = entities?.find((known) => known.name === name);
  if (!entity || place === `/import/${entity.name}`) return null;
  const { done, total } = progress ?? { done: 0, total: 1 };
  const percent = String(Math.floor((100 * done) / Math.max(1, total)));
  const plural = label(entity.plural);
  const words = () => {
    if (doing === null) return t("import.ended", { plural });
    return t(doing === "undoing" ? "import.undoing" : "import.running", { plural, percent });
  };
  return (
    <Link to="/import/$entity" params={{ entity: entity.name }} className="bottom-light">
      {words()}
    </Link>
  );
}
