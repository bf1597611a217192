import { useKeepHabit } from "@daybook/shared/data/habits";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useMineToDecide } from "../features/approvals/useApprovals";
import { HomeScreen } from "../features/home/HomeScreen";
import { PLACE } from "./ListPlace";

/** What stands for home where places are kept; no entity is called so. */
export const HOME = "@home";

export function HomePlace() {
  const navigate = useNavigate();
  const approvals = useMineToDecide();
  const keepPlace = useKeepHabit<string>(PLACE);
  useEffect(() => keepPlace(() => HOME), [keepPlace]);
  return (
    <HomeScreen
      approvals={approvals}
      onGo={(to) => void navigate({ to })}
      onOpen={(entity, id) => void navigate({ to: "/list/$entity/$id", params: { entity, id } })}
    />
  );
}
