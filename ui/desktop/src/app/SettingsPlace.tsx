import { useNavigate } from "@tanstack/react-router";
import { SettingsScreen } from "../features/settings/SettingsScreen";

export function SettingsPlace() {
  const navigate = useNavigate();
  return <SettingsScreen onBack={() => void navigate({ to: "/" })} />;
}
