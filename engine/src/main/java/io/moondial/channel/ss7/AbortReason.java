package io.moondial.channel.ss7;

import io.moondial.channel.ss7.screening.BerElement;
import io.moondial.channel.ss7.screening.NotBerException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCPAbortIndication;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCUserAbortIndication;
import org.restcomm.protocols.ss7.tcap.asn.DialogServiceUserType;
import org.restcomm.protocols.ss7.tcap.asn.ResultSourceDiagnostic;
import org.restcomm.protocols.ss7.tcap.asn.UserInformation;
import org.restcomm.protocols.ss7.tcap.asn.comp.PAbortCauseType;

/**
 * Why the far side, or the network, has aborted a dialog: in words, for people. What MAP says in an
 * abort (3GPP TS 29.002 17.4.2) is read here and not by the stack; whatever it is, the dialog ends.
 */
final class AbortReason {
    private static final String BY_USER = "TC-U-ABORT";
    private static final int REFUSE = 0xa3;
    private static final int USER_ABORT = 0xa4;
    private static final int PROVIDER_ABORT = 0xa5;
    private static final int RESOURCE_LIMITATION = 0x81;
    private static final int RESOURCE_UNAVAILABLE = 0x82;
    private static final int PROCEDURE_CANCELLATION = 0x83;

    private AbortReason() {}

    static String of(TCPAbortIndication abort) {
        PAbortCauseType cause = abort.getPAbortCause();
        return "TC-P-ABORT: " + (cause == null ? "no reason given" : words(cause));
    }

    private static String words(PAbortCauseType cause) {
        return switch (cause) {
            case UnrecognizedMessageType -> "unrecognized message type";
            case UnrecognizedTxID -> "unrecognized transaction id";
            case BadlyFormattedTxPortion -> "badly formatted transaction portion";
            case IncorrectTxPortion -> "incorrect transaction portion";
            case ResourceLimitation -> "resource limitation";
            case AbnormalDialogue -> "abnormal dialogue";
            case NoCommonDialoguePortion -> "no common dialogue portion";
            case NoReasonGiven -> "no reason given";
        };
    }

    static String of(TCUserAbortIndication abort) {
        ResultSourceDiagnostic diagnostic = abort.getResultSourceDiagnostic();
        if (diagnostic != null) {
            return diagnostic.getDialogServiceUserType() == DialogServiceUserType.AcnNotSupported
                    ? "refused: the application context is not supported"
                    : "refused";
        }
        return ofMap(abort.getUserInformation());
    }

    private static String ofMap(@Nullable UserInformation information) {
        if (information == null) {
            return BY_USER;
        }
        try {
            byte[] pdu = MapOpen.pdu(information);
            BerElement said = BerElement.read(pdu, 0, pdu.length);
            return switch (said.tag()) {
                case REFUSE -> "refused";
                case PROVIDER_ABORT -> BY_USER + ": MAP cannot read what it got";
                case USER_ABORT -> BY_USER + ofUser(said.children());
                default -> BY_USER;
            };
        } catch (NotBerException e) {
            return BY_USER;
        }
    }

    private static String ofUser(List<BerElement> choice) {
        return switch (choice.isEmpty() ? 0 : choice.getFirst().tag()) {
            case RESOURCE_LIMITATION -> ": resource limitation";
            case RESOURCE_UNAVAILABLE -> ": resource unavailable";
            case PROCEDURE_CANCELLATION -> ": procedure cancelled";
            default -> "";
        };
    }
}
