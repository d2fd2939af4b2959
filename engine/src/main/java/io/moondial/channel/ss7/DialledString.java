package io.moondial.channel.ss7;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.moondial.text.UndecodableString;
import io.moondial.text.UssdString;
import java.util.regex.Pattern;

/**
 * What was dialled. Some networks write it one character an octet, though the data coding scheme
 * says packed septets; read as septets such a string is gibberish.
 */
final class DialledString {
    private static final Pattern CODE = Pattern.compile("[*#][0-9*#]*#");

    private DialledString() {}

    /**
     * The text of a request's string: decoded as its scheme says, unless that gives no service code
     * and its octets by themselves are one.
     */
    static String text(UssdString ussd) throws UndecodableString {
        String decoded = ussd.decodeKeyed();
        String unpacked = new String(ussd.octets(), US_ASCII);
        return CODE.matcher(unpacked).matches() && !CODE.matcher(decoded).matches()
                ? unpacked
                : decoded;
    }
}
