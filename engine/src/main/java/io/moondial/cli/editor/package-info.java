/** The verb {@code editor}: what editors need to know of scripts, rules and dialog tests. */
@NullMarked
package io.moondial.cli.editor;

import org.jspecify.annotations.NullMarked;
