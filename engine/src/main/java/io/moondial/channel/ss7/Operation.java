package io.moondial.channel.ss7;

/** The operation codes of USSD (3GPP TS 29.002 17.6.4). */
public final class Operation {
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
