package dev.gridmate.testkit.structure;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;

/**
 * Which file refers to which, and which methods have a user, in sources whose names the compiler
 * has resolved. A file refers to another when it names a type of it, or uses a member of a type of
 * it, however the type was come by. An import alone, and a link in Javadoc, are not references:
 * code that has gone leaves them behind.
 */
final class References extends TreePathScanner<Void, Void> {

    /** What each file refers to, itself left out. */
    final Map<String, Set<String>> graph = new TreeMap<>();

    final Map<Element, String> hiddenMethods = new LinkedHashMap<>();
    final Set<Element> used = new HashSet<>();

    private final Trees trees;
    private String from = "";

    References(Trees trees) {
        this.trees = trees;
    }

    /** {@return the name of a file: its package, and its first type} */
    static String nameOf(CompilationUnitTree file) {
        String path = file.getSourceFile().getName().replace('\\', '/');
        String simple = path.substring(path.lastIndexOf('/') + 1).replace(".java", "");
        return file.getPackageName() == null ? simple : file.getPackageName() + "." + simple;
    }

    void resolve(CompilationUnitTree file) {
        from = nameOf(file);
        graph.computeIfAbsent(from, name -> new TreeSet<>());
        scan(file, null);
    }

    @Override
    public Void visitImport(ImportTree line, Void nothing) {
        return null;
    }

    @Override
    public Void visitIdentifier(IdentifierTree name, Void nothing) {
        refersTo(element());
        return null;
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree select, Void nothing) {
        refersTo(element());
        return super.visitMemberSelect(select, null);
    }

    @Override
    public Void visitMemberReference(MemberReferenceTree reference, Void nothing) {
        refersTo(element());
        return super.visitMemberReference(reference, null);
    }

    @Override
    public Void visitNewClass(NewClassTree creation, Void nothing) {
        refersTo(element());
        return super.visitNewClass(creation, null);
    }

    @Override
    public Void visitMethod(MethodTree tree, Void nothing) {
        if (element() instanceof ExecutableElement method && isHidden(method)) {
            hiddenMethods.put(method, from + "." + method.getSimpleName());
        }
        return super.visitMethod(tree, null);
    }

    private Element element() {
        return trees.getElement(getCurrentPath());
    }

    private void refersTo(Element element) {
        if (element == null) {
            return;
        }
        used.add(element);
        TypeElement type = outermost(element);
        if (type != null && trees.getPath(type) != null) {
            String to = nameOf(trees.getPath(type).getCompilationUnit());
            if (!to.equals(from)) {
                graph.get(from).add(to);
            }
        }
    }

    private static TypeElement outermost(Element element) {
        TypeElement type = null;
        for (Element at = element; at != null && at.getKind() != ElementKind.PACKAGE; at = at.getEnclosingElement()) {
            if (at instanceof TypeElement found) {
                type = found;
            }
        }
        return type;
    }

    /** A method that code outside its package cannot call, and that overrides nothing. */
    private static boolean isHidden(ExecutableElement method) {
        Set<Modifier> modifiers = method.getModifiers();
        return method.getKind() == ElementKind.METHOD
                && !modifiers.contains(Modifier.PUBLIC)
                && !modifiers.contains(Modifier.PROTECTED)
                && method.getAnnotation(Override.class) == null;
    }
}
