package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogKind;
import io.moondial.logic.DialogRun.RequestTable;
import io.moondial.script.ScriptRun;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RequestTableTest {
    private static final Path PAGE =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/docs/script-api.md");

    @Test
    void every_field_of_a_request_is_on_the_page_of_scripts_with_its_type()
            throws IOException, UnsendableText {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("## The request"), page.indexOf("## Globals"));
        Map<String, Object> fields = full();

        assertThat(fields)
                .allSatisfy(
                        (name, value) ->
                                assertThat(section)
                                        .contains("| `" + name + "` | " + type(value) + " |"));
        assertThat(section.lines().filter(line -> line.startsWith("| `"))).hasSize(fields.size());
    }

    private static String type(Object value) {
        return switch (value) {
            case String s -> "string";
            case ScriptRun.Json j -> "table";
            default -> "number";
        };
    }

    private static Map<String, Object> full() throws UnsendableText {
        Party party = new Party(1, 6, "27110001", Party.ROUTE_ON_GT);
        Map<String, Object> fields =
                RequestTable.of(
                        Opening.pushed(
                                "P-1",
                                Address.international("27761485722"),
                                "",
                                Dcs.UNSPECIFIED,
                                6),
                        "{}");
        fields.putAll(
                RequestTable.of(
                        new Opening(
                                DialogKind.DIALLED,
                                UssdString.encode("*1#", Dcs.UNSPECIFIED),
                                "*1#",
                                Address.international("27761485722"),
                                new Address("655010000000001", 1, Address.LAND_MOBILE),
                                Address.international("333"),
                                party,
                                party,
                                "00000001",
                                "02",
                                null),
                        null));
        return fields;
    }
}
