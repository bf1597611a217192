import type { EntityView } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { modulesOf } from "./modules";

/** What this person may use, by area, and what waits for them. */
export function Modules({
  entities,
  attention,
  approvals,
  pending,
}: {
  entities: EntityView[];
  attention: number;
  /** Proposals that this person may decide. */
  approvals: number;
  pending: number;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <nav className="modules" aria-label={t("app.modules")}>
      <ul className="modules-home">
        <li>
          <Link to="/home" activeProps={{ "aria-current": "page" }}>
            {t("home.title")}
          </Link>
        </li>
      </ul>
      <ul className="modules-scroll">
        {modulesOf(entities).map(({ area, entities: lists }) => (
          <li key={area.en}>
            <h2>{label(area)}</h2>
            <ul>
              {lists.map((entity) => (
                <li key={entity.name}>
                  <Link
                    to="/list/$entity"
                    params={{ entity: entity.name }}
                    activeProps={{ "aria-current": "page" }}
                  >
                    {label(entity.plural)}
                  </Link>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <ul className="modules-own">
        <li>
          <Link to="/attention" activeProps={{ "aria-current": "page" }}>
            <span>{t("app.attention")}</span>
            {attention > 0 && <span className="badge warn">{attention}</span>}
          </Link>
        </li>
        <li>
          <Link to="/approvals" activeProps={{ "aria-current": "page" }}>
            <span>{t("approvals.menu")}</span>
            {approvals > 0 && <span className="badge warn">{approvals}</span>}
          </Link>
        </li>
        <li>
          <Link to="/sync" activeProps={{ "aria-current": "page" }}>
            <span>{t("app.syncPage")}</span>
            {pending > 0 && <span className="badge">{pending}</span>}
          </Link>
        </li>
        <li>
          <Link to="/settings" activeProps={{ "aria-current": "page" }}>
            <span>{t("app.settings")}</span>
          </Link>
        </li>
      </ul>
    </nav>
  );
}
