package io.moondial.edr.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.edr.spec.EdrSpec.EdrSpecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EdrSpecPageTest {
    private static final Path FOLDER =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), "edr-spec");

    @Test
    void the_page_says_what_the_files_say() throws IOException, EdrSpecException {
        var page = FOLDER.resolve("README.md");
        String written = Files.readString(FOLDER.resolve("README.template.md"));
        String rendered = SpecPage.render(written, EdrSpec.load(FOLDER));
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(page, rendered);
        }

        assertThat(page)
                .as("edr-spec/README.md is stale; run this test with -Dmoondial.update=true")
                .hasContent(rendered);
    }
}
