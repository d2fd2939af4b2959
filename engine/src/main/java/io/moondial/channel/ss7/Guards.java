package io.moondial.channel.ss7;

import java.time.Duration;

/**
 * What is believed of the network, and how much of it one far end may take up.
 *
 * @param originCheck how closely the origin of a message is compared with its dialog's far side
 * @param unknownIdAnswers how many messages of strangers per second are answered: those whose
 *     transaction id is that of no dialog, and those that cannot be delivered; further ones are
 *     dropped
 * @param unknownIdAnswersPerFarEnd the same for one far end alone
 * @param reassemblies how many SCCP messages may wait for their last segment
 * @param reassembliesPerFarEnd the same for one far end alone
 * @param firstInvokeTimeout how long a dialog that was begun without an Invoke waits for one
 * @param withoutInvoke how many dialogs may wait so; more are aborted
 */
public record Guards(
        OriginCheck originCheck,
        int unknownIdAnswers,
        int unknownIdAnswersPerFarEnd,
        int reassemblies,
        int reassembliesPerFarEnd,
        Duration firstInvokeTimeout,
        int withoutInvoke) {
    /** Where nobody says otherwise. */
    public static final Guards DEFAULT = new Guards(OriginCheck.STRICT, 1000, 250, 4096, 256);

    /** Guards with the usual patience for dialogs that begin without an Invoke. */
    public Guards(
            OriginCheck originCheck,
            int unknownIdAnswers,
            int unknownIdAnswersPerFarEnd,
            int reassemblies,
            int reassembliesPerFarEnd) {
        this(
                originCheck,
                unknownIdAnswers,
                unknownIdAnswersPerFarEnd,
                reassemblies,
                reassembliesPerFarEnd,
                Duration.ofSeconds(10),
                1000);
    }
}
