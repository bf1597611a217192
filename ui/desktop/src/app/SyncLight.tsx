import {
  CheckCircleFilled,
  ClockCircleOutlined,
  DisconnectOutlined,
  SyncOutlined,
  WarningFilled,
} from "@ant-design/icons";
import { useLight } from "@daybook/shared/data/useLight";
import type { Status } from "@daybook/shared/generated/contract";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

const SIGNS = {
  done: CheckCircleFilled,
  waiting: ClockCircleOutlined,
  attention: WarningFilled,
  running: SyncOutlined,
  offline: DisconnectOutlined,
} as const;

/** How the sync stands, in words and by shape; opens the list of what waits. */
export function SyncLight({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { shape, words } = useLight(status);
  const Sign = SIGNS[shape];
  return (
    <Link
      to={status.attention > 0 && status.refused === null ? "/attention" : "/sync"}
      className={`light light-${shape}`}
      aria-label={t("light.label", { words })}
    >
      <Sign aria-hidden />
      <span role="status">{words}</span>
    </Link>
  );
}
