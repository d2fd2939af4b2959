/** Texts of scripts in the languages of their subscribers: files, plural forms, checks. */
@NullMarked
package io.moondial.lang;

import org.jspecify.annotations.NullMarked;
