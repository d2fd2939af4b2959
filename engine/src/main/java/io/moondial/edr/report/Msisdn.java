package io.moondial.edr.report;

import io.moondial.edr.Edr;
import org.jspecify.annotations.Nullable;

/** The number of the user whose dialog a record begins. */
final class Msisdn {
    private Msisdn() {}

    /** The digits without the nature and the plan behind them; null where the record has none. */
    static @Nullable String digits(Edr edr) {
        String address = edr.event().equals("USSD-PROCESS") ? edr.text("MSISDN") : null;
        if (address == null) {
            return null;
        }
        int colon = address.indexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }
}
