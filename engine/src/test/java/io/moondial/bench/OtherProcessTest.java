package io.moondial.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.bench.Plan.BenchException;
import io.moondial.bench.Site.OtherProcess;
import java.io.BufferedReader;
import java.io.Reader;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

/** What becomes of a bench whose other process does not answer as it should. */
class OtherProcessTest {
    @Test
    void one_that_has_ended_is_told_in_words() {
        assertThatThrownBy(() -> OtherProcess.answer(new BufferedReader(new StringReader(""))))
                .isInstanceOf(BenchException.class)
                .hasMessage(
                        "the other process of the bench has ended too early; what it said of it stands above");
    }

    @Test
    void one_that_cannot_be_asked_is_told_in_words() throws Exception {
        BufferedReader closed = new BufferedReader(Reader.nullReader());
        closed.close();
        assertThatThrownBy(() -> OtherProcess.answer(closed))
                .isInstanceOf(BenchException.class)
                .hasMessage("the other process of the bench cannot be asked: Stream closed");
    }

    @Test
    void an_answer_that_is_no_size_is_shown() throws Exception {
        assertThat(OtherProcess.octets("1024")).isEqualTo(1024);
        assertThatThrownBy(() -> OtherProcess.octets("java.lang.OutOfMemoryError"))
                .isInstanceOf(BenchException.class)
                .hasMessage(
                        "the other process of the bench told no size of its heap, but: java.lang.OutOfMemoryError");
    }
}
