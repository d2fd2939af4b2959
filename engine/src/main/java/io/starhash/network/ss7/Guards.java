package io.starhash.network.ss7;

/**
 * What is believed of the network, and how much of it one far end may take up.
 *
 * @param originCheck how closely the origin of a message is compared with its dialog's far side
 * @param unknownIdAnswers how many messages per second are answered whose transaction id is that of
 *     no dialog; further ones are dropped
 * @param unknownIdAnswersPerFarEnd the same for one far end alone
 * @param reassemblies how many SCCP messages may wait for their last segment
 * @param reassembliesPerFarEnd the same for one far end alone
 */
public record Guards(
        OriginCheck originCheck,
        int unknownIdAnswers,
        int unknownIdAnswersPerFarEnd,
        int reassemblies,
        int reassembliesPerFarEnd) {
    /** Where nobody says otherwise. */
    public static final Guards DEFAULT = new Guards(OriginCheck.STRICT, 1000, 250, 4096, 256);
}
