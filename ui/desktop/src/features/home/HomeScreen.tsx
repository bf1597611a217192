import {
  CheckCircleFilled,
  ClockCircleOutlined,
  DisconnectOutlined,
  WarningFilled,
} from "@ant-design/icons";
import { useEntities, useStatus } from "@daybook/shared/data/queries";
import { useLight } from "@daybook/shared/data/useLight";
import { formatCount } from "@daybook/shared/format/bytes";
import { formatInstant } from "@daybook/shared/format/date";
import type { Status } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useTitle } from "@daybook/shared/kit/title";
import { Button } from "antd";
import { type ComponentType, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRecent, useRecentTitles } from "@daybook/shared/data/recent";
import "./home.css";

type Place = "/attention" | "/approvals" | "/sync";

/** Rights that end within this time are worth a word. */
const SOON_MS = 3 * 24 * 60 * 60 * 1000;

/** What waits for this person, and where they were. */
export function HomeScreen({
  approvals,
  onGo,
  onOpen,
}: {
  /** Proposals that this person may decide. */
  approvals: number;
  onGo: (place: Place) => void;
  onOpen: (entity: string, id: string) => void;
}) {
  const { t } = useTranslation();
  const { data: status } = useStatus();
  useTitle(t("home.title"));
  if (!status) return null;
  return (
    <div className="home">
      <header className="home-bar">
        <h1>{t("home.title")}</h1>
      </header>
      <div className="home-body">
        <Waits status={status} approvals={approvals} onGo={onGo} />
        <Recents onOpen={onOpen} />
      </div>
    </div>
  );
}

interface Item {
  sign: ComponentType<{ "aria-hidden"?: boolean }>;
  isUrgent: boolean;
  text: string;
  hint?: string | undefined;
  act: string;
  place: Place;
}

function Waits({
  status,
  approvals,
  onGo,
}: {
  status: Status;
  approvals: number;
  onGo: (place: Place) => void;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { words } = useLight(status);
  const items = useItems(status, approvals);
  return (
    <section aria-label={t("home.waits")}>
      <h2>{t("home.waits")}</h2>
      {items.length === 0 ? (
        <div className="home-item">
          <CheckCircleFilled aria-hidden className="home-sign done" />
          <div>
            <strong>{t("home.nothing")}</strong>
            <p className="quiet">{t("home.nothingHint")}</p>
          </div>
          <span className="quiet">{words}</span>
        </div>
      ) : (
        <ul className="home-items">
          {items.map(({ sign: Sign, isUrgent, text, hint, act, place }, at) => (
            <li key={text} className="home-item">
              <span className={isUrgent ? "home-sign urgent" : "home-sign"}>
                <Sign aria-hidden />
              </span>
              <div>
                <strong>{text}</strong>
                {hint && <p className="quiet">{hint}</p>}
              </div>
              <Button
                type={at === 0 ? "primary" : "default"}
                autoFocus={at === 0}
                onClick={() => onGo(place)}
              >
                {act}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {status.rights && items.length === 0 && (
        <p className="faint home-rights">
          {t("app.rightsUntil", { date: formatInstant(status.rights.valid_until, locale) })}
        </p>
      )}
    </section>
  );
}

/** The most urgent first. */
function useItems(status: Status, approvals: number): Item[] {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  // As it was when the screen was opened: days are at stake.
  const [opened] = useState(() => Date.now());
  const items: Item[] = [];
  const { rights, attention, pending, refused } = status;
  const counted = (count: number) => ({ count, shown: formatCount(count, locale) });
  const warn = { sign: WarningFilled, isUrgent: true };
  const isOver = rights !== null && rights.standing !== "full";
  if (isOver) {
    items.push({ ...warn, text: t("home.leaseRead"), act: t("home.troubleDo"), place: "/sync" });
  } else if (refused !== null) {
    const act = t("home.troubleDo");
    const copies = status.refused_code === "two_copies" || status.refused_code === "is_copy";
    const said = copies
      ? { text: t(`fail.${status.refused_code}`), hint: t(`fail.next.${status.refused_code}`) }
      : { text: t("home.trouble"), hint: refused };
    items.push({ ...warn, ...said, act, place: "/sync" });
  }
  if (attention > 0) {
    const text = t("home.attention", counted(attention));
    items.push({ ...warn, text, act: t("home.attentionDo"), place: "/attention" });
  }
  if (approvals > 0) {
    const text = t("home.approvals", counted(approvals));
    const act = t("home.approvalsDo");
    items.push({ sign: ClockCircleOutlined, isUrgent: false, text, act, place: "/approvals" });
  }
  if (rights !== null && !isOver && Date.parse(rights.valid_until) - opened < SOON_MS) {
    const text = t("home.lease", { date: formatInstant(rights.valid_until, locale) });
    items.push({ ...warn, text, act: t("home.leaseDo"), place: "/sync" });
  }
  // What is on its way goes by itself; what cannot go is worth a word.
  if (pending > 0 && !status.online) {
    const text = t("home.unsent", counted(pending));
    const act = t("home.unsentDo");
    items.push({ sign: DisconnectOutlined, isUrgent: false, text, act, place: "/sync" });
  }
  return items;
}

function Recents({ onOpen }: { onOpen: (entity: string, id: string) => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { data: entities } = useEntities();
  const recent = useRecentTitles(useRecent());
  return (
    <section aria-label={t("home.recent")}>
      <h2>{t("home.recent")}</h2>
      {recent.length === 0 && <p className="quiet">{t("home.recentNone")}</p>}
      <ul className="home-recent">
        {recent.map(({ entity: name, record }) => {
          const entity = entities?.find((known) => known.name === name);
          return (
            <li key={record.id}>
              <button type="button" className="plain link" onClick={() => onOpen(name, record.id)}>
                {record.title}
              </button>
              <span className="quiet">{entity ? label(entity.label) : ""}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
