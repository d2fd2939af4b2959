package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a section is shown in the commented rules, such as one of a module that is added later. */
class RulesManualTest {
    @Settings(value = "The services that scripts call.", restart = true)
    record Services(
            @Key(value = "How long a call may take.", unset = "3s", from = "1ms", to = "10m")
                    Duration timeout,
            @Key(
                            value = "Each service, by its name.",
                            matches = "[a-z]+",
                            allowed = "small letters",
                            example = "billing")
                    Map<String, Service> services,
            @Key(value = "What they share.") Shared shared,
            Limits limits) {}

    record Service(
            @Key(value = "Where it is.", example = "https://billing.example:8443/v1") String url,
            @Key("Who we are.") @Nullable Account account,
            @Key(value = "How often a call is tried.", unset = "1", from = "1", to = "5") int tries,
            @Key(value = "What is tried again.", unset = "[502, 503]", from = "400", to = "599")
                    List<Integer> on) {}

    record Account(@Key("A name that is nowhere shown.") String user) {}

    record Shared(@Key(value = "How much.", unset = "1KiB", from = "1B", to = "1MiB") int room) {}

    @Settings("What all of them may take.")
    record Limits(
            @Key(value = "How many calls.", unsetIs = "as many as there are", from = "1", to = "9")
                    @Nullable Integer maxCalls) {}

    @Test
    void a_section_shows_each_key_at_its_default_or_with_an_example() {
        assertThat(RulesManual.section("services", Schema.of(Services.class)))
                .isEqualTo(
                        """
                        # The services that scripts call. A change waits for a restart.
                        services:
                          # How long a call may take. From 1ms to 10m.
                          #timeout: 3s

                          # Each service, by its name.
                          #services:
                          #  billing:
                          #    url: "https://billing.example:8443/v1"
                          #                    # Where it is. Required.
                          #    account:        # Who we are.
                          #      user: ...     # A name that is nowhere shown. Required.
                          #    tries: 1        # How often a call is tried. From 1 to 5.
                          #    on: [502, 503]  # What is tried again. Each: from 400 to 599.

                          # What they share.
                          shared:
                            # How much. From 1B to 1MiB.
                            #room: 1KiB

                          # What all of them may take.

                          # How many calls. From 1 to 9. Default: as many as there are.
                          #max_calls: ...  # for example
                        """);
    }
}
