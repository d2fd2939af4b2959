package io.moondial.channel;

import io.moondial.channel.Opening.Party;
import io.moondial.dialog.Outgoing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A dialog that the engine begins towards a handset (3GPP TS 29.002 11.10, 11.11).
 *
 * @param first its first screen
 * @param alertingPattern how the handset draws attention to it (3GPP TS 29.002 17.7.1), 0 to 255;
 *     null: as it does anyway
 * @param called the node of the network that knows the handset: an HLR, or the MSC that it is in
 * @param ssn the subsystem of the engine that it is begun from
 * @param destination the subscriber: towards an MSC an IMSI, towards an HLR an MSISDN; null: none
 * @param origination who begins it; null: nobody is named
 * @param answerWithin how long the first message back may take: it has to bring the answer to a
 *     menu, too
 * @param msisdn digits of the subscriber's number: whoever looks on finds the dialog by it, even if
 *     the destination is an IMSI; null: not known
 */
public record OutgoingDialog(
        Outgoing.Screen first,
        @Nullable Integer alertingPattern,
        Party called,
        int ssn,
        @Nullable Address destination,
        @Nullable Address origination,
        Duration answerWithin,
        @Nullable String msisdn) {
    private static final int MAX_PATTERN = 255;

    /** One whose destination, if it is no IMSI, is the subscriber's number. */
    public OutgoingDialog(
            Outgoing.Screen first,
            @Nullable Integer alertingPattern,
            Party called,
            int ssn,
            @Nullable Address destination,
            @Nullable Address origination,
            Duration answerWithin) {
        this(
                first,
                alertingPattern,
                called,
                ssn,
                destination,
                origination,
                answerWithin,
                destination == null || destination.isImsi() ? null : destination.digits());
    }

    public OutgoingDialog {
        if (alertingPattern != null && (alertingPattern < 0 || alertingPattern > MAX_PATTERN)) {
            throw new IllegalArgumentException("no alerting pattern: " + alertingPattern);
        }
        called.requireRoutable();
        if (answerWithin.toMillis() < 1) {
            throw new IllegalArgumentException("no time for an answer: " + answerWithin);
        }
    }

    /** The same, but for how long the first message back may take. */
    public OutgoingDialog answeredWithin(Duration other) {
        return new OutgoingDialog(
                first, alertingPattern, called, ssn, destination, origination, other, msisdn);
    }
}
