package io.moondial.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.config.WrittenSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the section {@code push} of the rules may not say. */
class PushSettingsTest {
    private static PushSettings settings(String... lines) {
        return WrittenSettings.settings(PushSettings.schema(), lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"notify", "menu"})
    void a_script_that_has_the_name_of_a_kind_of_text_cannot_be_pushed(String name) {
        assertThatThrownBy(() -> settings("route: hlr", "scripts: [survey, %s]".formatted(name)))
                .hasMessageContaining(
                        "found %s, which is what reports and records call a text; allowed is a script of another name"
                                .formatted(name));
    }

    @Test
    void a_script_whose_name_has_that_of_a_kind_in_it_can_be_pushed() {
        assertThat(settings("route: hlr", "scripts: [menus, shop.menu]").scripts())
                .containsExactly("menus", "shop.menu");
    }
}
