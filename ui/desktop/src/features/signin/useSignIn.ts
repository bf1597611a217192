import { type Account, keepAccount } from "@daybook/shared/platform/account";
import { at } from "@daybook/shared/data/queries";
import type { SignedIn } from "@daybook/shared/generated/contract";
import { call } from "@daybook/shared/platform/call";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { tidied } from "./account";

/** How a local copy whose keys are gone is dealt with; absent where there is none. */
export interface Rescue {
  code: string;
  setAside: boolean;
}

/** Signs in, and hands on what is told this once only. */
export function useSignIn(tell: (signedIn: SignedIn) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({
      account,
      password,
      rescue,
    }: {
      account: Account;
      password: string;
      rescue: Rescue | null;
    }) => {
      const said = tidied(account);
      keepAccount(said);
      return call("sign_in", {
        ...said,
        password,
        recovery_code: rescue?.code.trim() || null,
        set_aside: rescue?.setAside ?? false,
      });
    },
    onSuccess: (signedIn) => {
      tell(signedIn);
      queries.setQueryData(at.status, signedIn.status);
      void queries.invalidateQueries({ queryKey: at.entities });
    },
  });
}
