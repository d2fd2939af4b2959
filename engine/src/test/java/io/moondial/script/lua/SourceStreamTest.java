package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.luaj.vm2.compiler.LuaC;

class SourceStreamTest {
    private static Compiler.SourceStream of(String source) {
        return new Compiler.SourceStream(new SourceText(source.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_compiler_that_reads_on_behind_the_end_is_stopped() {
        assertThatThrownBy(() -> LuaC.instance.compile(of("return \"abc\\z"), "=x"))
                .isInstanceOf(Compiler.SourceStream.ReadPastEnd.class);
    }

    @Test
    void the_octets_come_as_they_are_and_then_a_blank_and_the_end() {
        Compiler.SourceStream stream = of("é");
        assertThat(new int[] {stream.read(), stream.read(), stream.read(), stream.read()})
                .containsExactly(0xc3, 0xa9, ' ', -1);
    }
}
