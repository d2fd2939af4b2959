/** The module {@code t}: texts in the language of a dialog. */
@NullMarked
package io.moondial.modules.texts;

import org.jspecify.annotations.NullMarked;
