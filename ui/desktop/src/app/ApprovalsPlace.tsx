import { useNavigate, useSearch } from "@tanstack/react-router";
import { ApprovalsScreen } from "../features/approvals/ApprovalsScreen";

export function ApprovalsPlace() {
  const navigate = useNavigate();
  const { record } = useSearch({ strict: false });
  return (
    <ApprovalsScreen
      key={record}
      record={record}
      onOpen={(entity, id) => void navigate({ to: "/list/$entity/$id", params: { entity, id } })}
      onBack={() => void navigate({ to: "/" })}
    />
  );
}
