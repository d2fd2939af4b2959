package io.moondial.handset;

import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogKind;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings phones and dialogs of the engine together: by the transaction id of the phone if it
 * dialled, by that of the engine if that began the dialog. Either side may be known first. While no
 * phone dials or is on, this costs a dialog one look at a field.
 */
final class PhoneDialogs {
    /** More dialogs of others begin at the embedded network than anybody dials with phones. */
    private static final int MAX_EARLY = 1_000;

    private static final int MAX_SCREENS = 1_000;

    /** Where a phone finds its dialog once the engine has one for it; by transaction id. */
    private final Map<String, Slot> expected = new HashMap<>();

    /** What the engine has for a phone that has not said yet that it is in it. */
    private final Map<String, Engagement> early = new HashMap<>();

    private int dialling;
    private int following;
    private volatile boolean busy;

    /** The dialog of a phone as the engine has it. */
    static final class Engagement implements DialogListener {
        private final List<Boolean> secret = new ArrayList<>();
        private @Nullable String instanceId;

        /** It is known here no sooner than the observers before know the dialog. */
        @Override
        public synchronized void told(DialogIdentity dialog, Instant at, DialogFact fact) {
            instanceId = dialog.instanceId();
            if (fact instanceof DialogFact.Sending sending && secret.size() < MAX_SCREENS) {
                secret.add(sending.secretAnswer());
            }
        }

        private synchronized @Nullable String instanceId() {
            return instanceId;
        }

        private synchronized boolean isSecret(int message) {
            return message < secret.size() && secret.get(message);
        }
    }

    /** A phone's place for its dialog. */
    static final class Slot {
        private volatile @Nullable Engagement engagement;

        /** Null: none has been claimed for the phone. */
        @Nullable String instanceId() {
            Engagement known = engagement;
            return known == null ? null : known.instanceId();
        }

        /** Whether the answer to the engine's message of this number, from 0, is secret. */
        boolean isSecret(int message) {
            Engagement known = engagement;
            return known != null && known.isSecret(message);
        }
    }

    /** A phone is about to dial. */
    synchronized void dialling() {
        dialling++;
        busy = true;
    }

    /** It has, or could not. */
    synchronized void dialled() {
        dialling--;
        update();
    }

    /** A phone is on. */
    synchronized void follow() {
        following++;
        busy = true;
    }

    /** A phone is off. */
    synchronized void followNoMore() {
        following--;
        update();
    }

    private void update() {
        if (dialling == 0 && following == 0) {
            early.clear();
        }
        busy = dialling > 0 || following > 0 || !expected.isEmpty();
    }

    /** What the engine has for this phone, or will have. */
    synchronized Slot expect(String tid) {
        Slot slot = new Slot();
        slot.engagement = early.remove(tid);
        if (slot.engagement == null) {
            expected.put(tid, slot);
        }
        return slot;
    }

    /** The dialog of the phone is over. */
    synchronized void forget(String tid) {
        expected.remove(tid);
        update();
    }

    /** Who is told of a dialog that has begun at the engine. */
    DialogListener begun(DialogIdentity dialog) {
        if (!busy) {
            return DialogListener.NOBODY;
        }
        if (dialog.opening().kind() == DialogKind.PUSHED) {
            return new Pushed();
        }
        return EmbeddedNetwork.HANDSET_GLOBAL_TITLE.equals(dialog.opening().remote().globalTitle())
                ? match(dialog)
                : DialogListener.NOBODY;
    }

    private synchronized DialogListener match(DialogIdentity dialog) {
        Engagement engagement = new Engagement();
        return meet(dialog.opening().remoteTid(), engagement, dialling > 0)
                ? engagement
                : DialogListener.NOBODY;
    }

    /** Whether a phone has the dialog of this id, or may have it. */
    private synchronized boolean meet(String tid, Engagement engagement, boolean mayCome) {
        Slot slot = expected.remove(tid);
        update();
        if (slot != null) {
            slot.engagement = engagement;
            return true;
        }
        if (mayCome && early.size() < MAX_EARLY) {
            early.put(tid, engagement);
            return true;
        }
        return false;
    }

    private synchronized void forgetEarly(Set<String> tids) {
        early.keySet().removeAll(tids);
    }

    /**
     * A dialog that the engine begins, in one attempt or more: each has a transaction id of its
     * own, and a phone may take it.
     */
    private final class Pushed implements DialogListener {
        private final Engagement engagement = new Engagement();
        private final Set<String> tids = new HashSet<>();

        @Override
        public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
            engagement.told(dialog, at, fact);
            switch (fact) {
                case DialogFact.BegunTowards(int attempt, String tid) -> {
                    tids.add(tid);
                    var _ = meet(tid, engagement, true);
                }
                case DialogFact.Finished f -> forgetEarly(tids);
                default -> {}
            }
        }
    }
}
