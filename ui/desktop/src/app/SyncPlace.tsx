import { useNavigate } from "@tanstack/react-router";
import { SyncScreen } from "../features/sync/SyncScreen";

export function SyncPlace() {
  const navigate = useNavigate();
  return (
    <SyncScreen
      onOpen={(entity, id) => void navigate({ to: "/list/$entity/$id", params: { entity, id } })}
      onBack={() => void navigate({ to: "/" })}
    />
  );
}
