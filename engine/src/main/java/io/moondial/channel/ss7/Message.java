package io.moondial.channel.ss7;

import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.text.UssdString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A TCAP message of a dialog that is open (ITU-T Q.771 3.1.2). */
public sealed interface Message {

    /** TC-CONTINUE. */
    record Continue(List<Component> components) implements Message {
        public Continue {
            components = List.copyOf(components);
        }
    }

    /** TC-END; without components it is an empty one. */
    record End(List<Component> components) implements Message {
        public End {
            components = List.copyOf(components);
        }
    }

    /**
     * TC-U-ABORT, or whatever else has ended the dialog.
     *
     * @param reason for people
     */
    record Abort(Cause cause, String reason) implements Message {
        /** TC-U-ABORT. */
        public Abort(String reason) {
            this(Cause.USER, reason);
        }
    }

    /**
     * A component of a TCAP message, as far as USSD knows it (ITU-T Q.773; 3GPP TS 29.002 11.9 to
     * 11.11), or an HLR that is asked where a subscriber is (12.1).
     */
    sealed interface Component {

        /** An operation asked of the other side; {@code ussd} is its argument. */
        record Invoke(int invokeId, int operation, UssdString ussd) implements Component {}

        /** A ReturnResultLast; {@code ussd} is null if the result has no parameter. */
        record Result(int invokeId, int operation, @Nullable UssdString ussd)
                implements Component {}

        /**
         * The result of sendRoutingInfoForSM (17.6.6), digits of an IMSI and of an MSC's number.
         */
        record Located(int invokeId, String imsi, String networkNode) implements Component {}

        /** A ReturnError with a local error code (3GPP TS 29.002 17.6.6). */
        record ErrorReturned(int invokeId, int code) implements Component {}

        /** A Reject that came from the other side; {@code invokeId} is null if it names none. */
        record Rejected(@Nullable Integer invokeId, String problem) implements Component {}

        /** A component that came and whose parameter could not be decoded. */
        record Undecodable(int invokeId, int operation, String why) implements Component {}

        /** A component that came for an invoke never sent; the stack has already rejected it. */
        record UnknownInvoke(@Nullable Integer invokeId, String problem) implements Component {}
    }

    /** The operation codes of USSD (3GPP TS 29.002 17.6.4). */
    final class Operation {
        public static final int PROCESS_UNSTRUCTURED_SS_REQUEST = 59;
        public static final int UNSTRUCTURED_SS_REQUEST = 60;
        public static final int UNSTRUCTURED_SS_NOTIFY = 61;

        /** Stands for an operation code that is global or absent: none of USSD's. */
        public static final int NO_LOCAL_CODE = -1;

        private Operation() {}

        /** The name of the standard, or the bare code if it is none of USSD. */
        public static String name(int code) {
            return switch (code) {
                case PROCESS_UNSTRUCTURED_SS_REQUEST -> "processUnstructuredSS-Request";
                case UNSTRUCTURED_SS_REQUEST -> "unstructuredSS-Request";
                case UNSTRUCTURED_SS_NOTIFY -> "unstructuredSS-Notify";
                case NO_LOCAL_CODE -> "an operation without a local code";
                default -> "operation " + code;
            };
        }
    }
}
