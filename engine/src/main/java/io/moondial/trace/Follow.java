package io.moondial.trace;

import io.moondial.channel.SignallingMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which messages a trace takes: all, or those of one subscriber's dialogs from their begin on. */
final class Follow {
    /** Dialogs followed at once; beyond it the oldest is let go. */
    private static final int MAX_DIALOGS = 10_000;

    private final @Nullable String msisdn;
    private final Map<String, Boolean> engineTids = new LinkedHashMap<>();
    private final Map<String, Boolean> farTids = new LinkedHashMap<>();

    /** Follows a number's digits; null: everything. */
    Follow(@Nullable String msisdn) {
        this.msisdn = msisdn;
    }

    /** Whether the trace takes this message. */
    synchronized boolean takes(SignallingMessage message) {
        if (msisdn == null) {
            return true;
        }
        SignallingMessage.Transaction transaction = message.transaction();
        if (transaction == null || !follows(transaction)) {
            return false;
        }
        if (transaction.ends()) {
            forget(engineTids, transaction.engineTid());
            forget(farTids, transaction.farTid());
        } else {
            remember(engineTids, transaction.engineTid());
            remember(farTids, transaction.farTid());
        }
        return true;
    }

    private boolean follows(SignallingMessage.Transaction transaction) {
        return (transaction.msisdn() != null && transaction.msisdn().equals(msisdn))
                || known(engineTids, transaction.engineTid())
                || known(farTids, transaction.farTid());
    }

    private static boolean known(Map<String, Boolean> tids, @Nullable String tid) {
        return tid != null && tids.containsKey(tid);
    }

    private static void remember(Map<String, Boolean> tids, @Nullable String tid) {
        if (tid != null && tids.put(tid, true) == null && tids.size() > MAX_DIALOGS) {
            tids.remove(tids.keySet().iterator().next());
        }
    }

    private static void forget(Map<String, Boolean> tids, @Nullable String tid) {
        if (tid != null) {
            tids.remove(tid);
        }
    }
}
