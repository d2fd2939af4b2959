package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.ConfigurationException;
import io.moondial.channel.NodeAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayInRulesTest {
    @TempDir Path temp;
    RulesFolder folder;

    @BeforeEach
    void makeScripts() throws Exception {
        folder = RulesFolder.withScripts(temp, "care");
    }

    @Test
    void a_trigger_has_a_script_or_a_node() throws Exception {
        TriggerTable triggers =
                folder.read(
                                """
                                process:
                                  triggers:
                                    - {ussd_string: "*1#", relay: {global_title: "27829000003"}}
                                    - {ussd_string: "*2#", relay: {point_code: 5, ssn: 147}}
                                    - {script_key: care}
                                """)
                        .process()
                        .triggers();
        assertThat(triggers.triggers())
                .extracting(Trigger::relay)
                .containsExactly(
                        new NodeAddress(null, "27829000003", 6),
                        new NodeAddress(5, null, 147),
                        null);
        assertThat(triggers.triggers())
                .extracting(Trigger::script)
                .containsExactly("ussd.relay", "ussd.relay", "care");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "process;{script_key: care, relay: {point_code: 5}};:3:33: relay: stands beside script_key: a trigger has one of both",
                "process;{dest_ssn: 6};script_key: is missing, and so is relay, which may stand in its place",
                "process;{relay: {ssn: 6}};one of point_code and global_title is needed, and not both",
                "notify;{relay: {point_code: 5}};relay: a notify is not relayed: only triggers of process have this key",
                "notify;{dest_ssn: 6};script_key: is missing"
            })
    void anything_else_is_refused(String section, String trigger, String problem) {
        assertThatThrownBy(() -> folder.read(section + ":\n  triggers:\n    - " + trigger + "\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(problem);
    }
}
