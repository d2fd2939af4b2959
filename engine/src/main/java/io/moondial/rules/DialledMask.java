package io.moondial.rules;

import io.moondial.config.Section;
import io.moondial.config.SettingsWriter;
import io.moondial.config.Structure;
import io.moondial.config.ValueType;
import io.moondial.text.BoundedText;
import io.moondial.text.Mask;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Which part of what is dialled a trigger keeps out of records, logs and traces: a PIN, mostly. */
public sealed interface DialledMask {
    /** How the rules write it. */
    final class Written implements Structure<DialledMask> {
        private static final ValueType<Integer> STARS = ValueType.wholeNumber(1, 100);
        private static final String ALLOWED =
                "either {after: STARS}, such as {after: 2}, or {pattern: 'REGULAR EXPRESSION'}";

        @Override
        public @Nullable DialledMask read(
                Section section, String key, Map<String, @Nullable Object> before) {
            return section.sectionIfGiven(key, ALLOWED).flatMap(Written::read).orElse(null);
        }

        private static Optional<DialledMask> read(Section mask) {
            Optional<DialledMask> after = mask.find("after", STARS).map(After::new);
            Optional<DialledMask> group =
                    mask.find("pattern", ValueType.text()).flatMap(regex -> group(mask, regex));
            if (mask.has("after") == mask.has("pattern")) {
                mask.refuse(
                        "mask: found %s; allowed is %s"
                                .formatted(
                                        mask.has("after")
                                                ? "both after and pattern"
                                                : "neither after nor pattern",
                                        ALLOWED));
            }
            return after.or(() -> group);
        }

        private static Optional<DialledMask> group(Section mask, String regex) {
            try {
                Pattern pattern = Pattern.compile(regex);
                int groups = pattern.matcher("").groupCount();
                if (groups == 1) {
                    return Optional.of(new Group(pattern));
                }
                mask.refuse(
                        "pattern",
                        "it has %s; allowed is exactly one, around what is masked, and (?: ) for others"
                                .formatted(groups == 0 ? "no group" : groups + " groups"));
            } catch (PatternSyntaxException e) {
                mask.refuse(
                        "pattern",
                        "this regular expression does not compile: %s, at character %d"
                                .formatted(e.getDescription(), e.getIndex() + 1));
            }
            return Optional.empty();
        }

        @Override
        public void print(SettingsWriter out, String key, DialledMask mask) {
            switch (mask) {
                case After(int stars) -> out.entry(key, Map.of("after", stars));
                case Group group -> out.entry(key, Map.of("pattern", group.regex()));
            }
        }

        @Override
        public String allowed() {
            return ALLOWED;
        }
    }

    /**
     * All that stands behind a star, up to the last # or, if there is none, to the end.
     *
     * @param stars it is the star of this number, from 1; a text with fewer has nothing to mask
     */
    record After(int stars) implements DialledMask {
        @Override
        public BitSet hidden(String text) {
            int star = -1;
            for (int i = 0; i < stars; i++) {
                star = text.indexOf('*', star + 1);
                if (star < 0) {
                    return new BitSet();
                }
            }
            int hash = text.lastIndexOf('#');
            BitSet hidden = new BitSet();
            hidden.set(star + 1, hash > star ? hash : text.length());
            return hidden;
        }
    }

    /** What the one group of a regular expression matches, each time that it is found. */
    final class Group implements DialledMask {
        /**
         * After this many looks at a character, everything is masked: far more than any dialled
         * code takes.
         */
        static final int MAX_LOOKS = 50_000;

        private final Pattern regex;

        public Group(Pattern regex) {
            this.regex = regex;
        }

        /** As it is written. */
        String regex() {
            return regex.pattern();
        }

        @Override
        public BitSet hidden(String text) {
            BitSet hidden = new BitSet();
            Matcher matcher = regex.matcher(new BoundedText(text, MAX_LOOKS));
            try {
                while (matcher.find()) {
                    if (matcher.start(1) >= 0) {
                        hidden.set(matcher.start(1), matcher.end(1));
                    }
                }
            } catch (BoundedText.SpentException | StackOverflowError e) {
                hidden.set(0, text.length());
            }
            return hidden;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Group that && regex().equals(that.regex());
        }

        @Override
        public int hashCode() {
            return regex().hashCode();
        }
    }

    /** The indices of the characters that are masked. */
    BitSet hidden(String text);

    /** The text as it is written; null if nothing of it is masked. */
    default @Nullable String written(String text) {
        BitSet hidden = hidden(text);
        return hidden.isEmpty() ? null : Mask.of(text, hidden);
    }
}
