package io.moondial.handset;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a handset and whom it calls: the same in all its dialogs.
 *
 * @param msisdn the handset's own number; null: none in what it asks
 * @param destination the destination reference; null: none
 * @param origination the origination reference; null: none
 * @param ssn the subsystem called, 1 to 254
 */
public record Subscriber(
        @Nullable Address msisdn,
        @Nullable Address destination,
        @Nullable Address origination,
        int ssn) {
    /** The highest subsystem number that can be called. */
    public static final int MAX_SSN = 254;

    public Subscriber {
        if (ssn < 1 || ssn > MAX_SSN) {
            throw new IllegalArgumentException(
                    "a subsystem number is 1 to " + MAX_SSN + ", not " + ssn);
        }
    }

    /** What a dialog of this subscriber's begins with. */
    public FarSide.Call call(int operation, UssdString ussd) {
        return new FarSide.Call(operation, ussd, msisdn, destination, origination, ssn);
    }
}
