package io.moondial.channel.ss7;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.SignallingMessage;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.ss7.screening.SccpData;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who sees the messages of a signalling point. Without anybody, nothing is looked at. */
final class Taps {
    private static final Logger log = LoggerFactory.getLogger(Taps.class);
    private static final int SCCP_INDICATOR = 3;

    private final List<SignallingTap> taps = new CopyOnWriteArrayList<>();
    private final TappedParts parts = new TappedParts();
    private final Secrecy secrecy;

    /** What is secret. */
    interface Secrecy {
        /** Whether what answers this invoke is secret; true where nobody knows. */
        boolean isSecret(byte[] engineTid, int invokeId);

        /** Whether any answer in this dialog is secret; true where nobody knows. */
        boolean hasSecrets(byte[] engineTid);

        /** Whether the texts of what this thread sends just now are secret. */
        boolean hidesTexts();

        /** What of the text that begins a dialog is secret, see {@link DialogDesk#hidden}. */
        BitSet hidden(int operation, @Nullable String text, @Nullable String msisdn);
    }

    Taps(Secrecy secrecy) {
        this.secrecy = secrecy;
    }

    void add(SignallingTap tap) {
        taps.add(tap);
    }

    void remove(SignallingTap tap) {
        taps.remove(tap);
    }

    void seen(boolean outgoing, Mtp3TransferPrimitive message) {
        if (taps.isEmpty() || message.getSi() != SCCP_INDICATOR) {
            return;
        }
        try {
            show(outgoing, message.encodeMtp3().clone());
        } catch (RuntimeException e) {
            // Who looks on must not disturb what is looked at.
            log.warn("a message cannot be traced", e);
        }
    }

    private void show(boolean outgoing, byte[] mtp3) {
        TappedParts.Whole whole = parts.add(outgoing, mtp3);
        if (whole == null) {
            return;
        }
        SignallingMessage message =
                whole.parts().isEmpty()
                        ? new SignallingMessage(outgoing, List.of(mtp3), null)
                        : read(outgoing, whole);
        taps.forEach(tap -> tap.seen(message));
    }

    private SignallingMessage read(boolean outgoing, TappedParts.Whole whole) {
        boolean returned = SccpData.isReturned(whole.parts().getFirst().mtp3(), TappedParts.SCCP);
        // What comes back undelivered is the other side's own message.
        TappedTransaction transaction =
                TappedTransaction.read(whole.userData(), returned != outgoing);
        // Of what comes back nobody knows any more whether its texts are secret.
        boolean lost = returned && !outgoing;
        if (lost) {
            transaction.maskTexts();
        } else {
            transaction.mask(secrecy);
        }
        whole.replaceUserData(transaction.userData());
        return new SignallingMessage(
                outgoing,
                whole.parts().stream().map(TappedParts.Part::mtp3).toList(),
                transaction.summary());
    }
}
