package io.starhash.network.ss7;

import java.util.Locale;
import org.restcomm.protocols.ss7.sccp.impl.SccpProviderImpl;
import org.restcomm.protocols.ss7.sccp.impl.SccpRoutingControl;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.sccp.impl.message.SccpAddressedMessageImpl;
import org.restcomm.protocols.ss7.sccp.parameter.RefusalCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.ReturnCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;

/**
 * SCCP's routing, which tells the sender at once of a message of ours that goes nowhere. The stack
 * does so by a notice later, when the dialog that was ended by the message is gone.
 */
final class TellingRouting extends SccpRoutingControl {
    private final Aside<String> undelivered;

    TellingRouting(SccpProviderImpl provider, SccpStackImpl stack, Aside<String> undelivered) {
        super(provider, stack);
        this.undelivered = undelivered;
    }

    @Override
    public void sendSccpError(
            SccpAddressedMessageImpl message, ReturnCauseValue cause, RefusalCauseValue refusal)
            throws Exception {
        if (!message.getIsMtpOriginated()) {
            undelivered.say(why(message.getCalledPartyAddress(), cause));
        }
        super.sendSccpError(message, cause, refusal);
    }

    private static String why(SccpAddress called, ReturnCauseValue cause) {
        String words = cause.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return "SCCP has no way to %s: %s".formatted(words(called), words);
    }

    private static String words(SccpAddress called) {
        return called.getGlobalTitle() == null || called.getGlobalTitle().getDigits() == null
                ? "point code %d, subsystem %d"
                        .formatted(called.getSignalingPointCode(), called.getSubsystemNumber())
                : "point code %d, subsystem %d, global title %s"
                        .formatted(
                                called.getSignalingPointCode(),
                                called.getSubsystemNumber(),
                                called.getGlobalTitle().getDigits());
    }
}
