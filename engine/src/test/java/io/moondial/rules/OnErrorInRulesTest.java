package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.dialog.DialogSetup.OnError;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnErrorInRulesTest {
    @TempDir Path temp;
    RulesFolder folder;

    @BeforeEach
    void makeScripts() throws Exception {
        folder = RulesFolder.withScripts(temp, "care");
    }

    @Test
    void a_service_and_a_trigger_have_it() throws Exception {
        Rules rules =
                folder.read(
                        """
                        process:
                          on_error: message
                          triggers:
                            - {ussd_string: "*1#", script_key: care, on_error: abort}
                            - {script_key: care}
                        """);
        assertThat(rules.process().onError()).isEqualTo(OnError.MESSAGE);
        assertThat(rules.process().triggers().triggers())
                .extracting(it -> it.overrides().onError())
                .containsExactly(OnError.ABORT, null);
    }

    @Test
    void what_is_neither_of_its_words_is_refused() {
        assertThatThrownBy(() -> folder.read("process: {on_error: mesage}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("on_error: found mesage; allowed is one of abort, message");
    }

    @Test
    void a_trigger_of_notifies_has_none() {
        assertThatThrownBy(
                        () ->
                                folder.read(
                                        """
                                        notify:
                                          triggers:
                                            - {script_key: care, on_error: message}
                                        """))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        ":3:36: on_error: no text is sent in answer to a notify: only triggers of"
                                + " process have this key");
    }
}
