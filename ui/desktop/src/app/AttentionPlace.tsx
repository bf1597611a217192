import { useNavigate } from "@tanstack/react-router";
import { AttentionScreen } from "../features/attention/AttentionScreen";
import { Hint } from "@daybook/shared/hints/Hint";

export function AttentionPlace() {
  const navigate = useNavigate();
  return (
    <>
      <AttentionScreen
        onOpen={(entity, id) => void navigate({ to: "/list/$entity/$id", params: { entity, id } })}
        onBack={() => void navigate({ to: "/" })}
      />
      <Hint place="attention" names={["mine", "theirs", "resolve"]} />
    </>
  );
}
