package io.moondial.channel;

/**
 * A number with its nature and plan: an MSISDN, or a reference of MAP-open (3GPP TS 29.002 17.7.8,
 * AddressString).
 *
 * @param digits as dialled: 0 to 9, and * # a b c if the number has them
 * @param noa nature of address, 0 to 7; 1 is international
 * @param npi numbering plan, 0 to 15; 1 is ISDN (E.164), 6 is land mobile (E.212)
 */
public record Address(String digits, int noa, int npi) {
    public static final int INTERNATIONAL = 1;
    public static final int ISDN = 1;
    public static final int LAND_MOBILE = 6;

    /** An international number of the ISDN plan. */
    public static Address international(String digits) {
        return new Address(digits, INTERNATIONAL, ISDN);
    }

    /** Whether this is an IMSI: a number of the land mobile plan. */
    public boolean isImsi() {
        return npi == LAND_MOBILE;
    }

    /** As an EDR has it: {@code digits:noa:npi}. */
    @Override
    public String toString() {
        return digits + ':' + noa + ':' + npi;
    }
}
