package io.moondial.channel;

import io.moondial.channel.Opening.Party;
import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Where a node of the network is, as rules and scripts name it.
 *
 * @param pointCode null: it is called by its title
 * @param globalTitle digits of an international ISDN number; null: it is called by its point code
 */
@Settings("A node of the network.")
public record NodeAddress(
        @Key(
                        value = "Its point code, where it has no global title.",
                        unsetIs = "the global title is used",
                        from = "0",
                        to = "16777215",
                        example = "1")
                @Nullable Integer pointCode,
        @Key(
                        value = "Its global title: an international ISDN number.",
                        unsetIs = "the point code is used",
                        matches = NodeAddress.TITLE,
                        allowed = NodeAddress.TITLE_ALLOWED,
                        example = "27829000003")
                @Nullable String globalTitle,
        @Key(
                        value = "Its subsystem: 6 is an HLR, 8 an MSC, 147 a gsmSCF.",
                        unset = "6",
                        from = "1",
                        to = "254")
                int ssn)
        implements Checked {
    /** The largest point code (ITU-T Q.704 has 14 bits; others have 24). */
    public static final int MAX_POINT_CODE = 16_777_215;

    /** The largest subsystem number that can be called. */
    public static final int MAX_SSN = 254;

    /** What a title is. */
    public static final String TITLE = "[0-9]{1,15}";

    static final String TITLE_ALLOWED = "1 to 15 digits";

    @Override
    public void check(Section section) {
        if ((pointCode == null) == (globalTitle == null)) {
            section.refuse("ssn", "one of point_code and global_title is needed, and not both");
        }
    }

    /** As the called party of a message to it: on the title if it has one. */
    public Party party() {
        return globalTitle == null
                ? new Party(pointCode, ssn, null, Party.ROUTE_ON_SSN)
                : onTitle(globalTitle, ssn);
    }

    /** The called party that a title leads to; {@code ssn} is the subsystem there. */
    public static Party onTitle(String title, int ssn) {
        return new Party(null, ssn, title, Party.ROUTE_ON_GT);
    }

    /** As a person reads it. */
    @Override
    public String toString() {
        return (globalTitle == null ? "point code " + pointCode : "global title " + globalTitle)
                + ", SSN "
                + ssn;
    }
}
