package io.moondial.lang;

import io.moondial.config.Place;
import io.moondial.lang.PluralRule.Category;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A text in one language: one phrase, or one for each plural form. */
public final class Wording {
    /** The placeholder whose number says which plural form is used. */
    public static final String COUNT = "count";

    private final String language;
    private final Place place;
    private final Map<Category, Phrase> forms;
    private final @Nullable PluralRule rule;
    private final Set<String> placeholders;

    /**
     * A text.
     *
     * @param place of its key
     * @param forms has at least {@link Category#OTHER}
     * @param rule null: it has no plural forms
     */
    Wording(String language, Place place, Map<Category, Phrase> forms, @Nullable PluralRule rule) {
        this.language = language;
        this.place = place;
        this.forms = Collections.unmodifiableMap(new EnumMap<>(forms));
        this.rule = rule;
        Set<String> names = new LinkedHashSet<>();
        forms.values().forEach(it -> names.addAll(it.placeholders()));
        if (rule != null) {
            names.add(COUNT);
        }
        this.placeholders = Collections.unmodifiableSet(names);
    }

    /** The language that it is in. */
    public String language() {
        return language;
    }

    Place place() {
        return place;
    }

    Map<Category, Phrase> forms() {
        return forms;
    }

    @Nullable PluralRule rule() {
        return rule;
    }

    /** Whether it depends on the number of {@link #COUNT}. */
    public boolean hasPlurals() {
        return rule != null;
    }

    /** All that must be given with it. */
    public Set<String> placeholders() {
        return placeholders;
    }

    /**
     * The text as it is shown.
     *
     * @param count of {@link #COUNT}; of no matter if there are no plural forms
     * @param values what stands in the place of placeholders; may throw
     */
    public String filled(BigDecimal count, UnaryOperator<String> values) {
        return form(count).filled(values);
    }

    private Phrase form(BigDecimal count) {
        Phrase form = null;
        if (rule != null) {
            form = count.signum() == 0 ? forms.get(Category.ZERO) : null;
            form = form == null ? forms.get(rule.of(count)) : form;
        }
        return form == null ? Objects.requireNonNull(forms.get(Category.OTHER)) : form;
    }
}
