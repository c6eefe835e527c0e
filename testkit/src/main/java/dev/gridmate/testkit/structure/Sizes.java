package dev.gridmate.testkit.structure;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Counts the lines, fields and parameters of a module, in sources that are parsed and no more. */
final class Sizes extends TreePathScanner<Void, Void> {

    final List<Sized> files = new ArrayList<>();
    final List<Sized> methods = new ArrayList<>();
    final List<Sized> fields = new ArrayList<>();
    final List<Sized> parameters = new ArrayList<>();
    final List<Sized> constructors = new ArrayList<>();
    final List<Sized> records = new ArrayList<>();

    private final SourcePositions positions;
    private final Deque<String> classes = new ArrayDeque<>();
    private CompilationUnitTree file;
    private String fileName = "";

    Sizes(SourcePositions positions) {
        this.positions = positions;
    }

    void count(CompilationUnitTree file) throws IOException {
        this.file = file;
        fileName = References.nameOf(file);
        files.add(new Sized(
                (int) file.getSourceFile()
                        .getCharContent(true)
                        .toString()
                        .lines()
                        .count(),
                fileName));
        scan(file, null);
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
        String name = type.getSimpleName().toString();
        classes.addLast(name.isEmpty() ? "(anonymous)" : name);
        boolean hasInstances = type.getKind() != Tree.Kind.INTERFACE && type.getKind() != Tree.Kind.ANNOTATION_TYPE;
        int count = (int) type.getMembers().stream()
                .filter(member -> hasInstances && member instanceof VariableTree)
                .filter(field ->
                        !((VariableTree) field).getModifiers().getFlags().contains(Modifier.STATIC))
                .count();
        fields.add(new Sized(count, path()));
        if (type.getKind() == Tree.Kind.RECORD) {
            records.add(new Sized(count, path()));
        }
        super.visitClass(type, null);
        classes.removeLast();
        return null;
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
        String name = path() + "." + method.getName();
        LineMap lines = file.getLineMap();
        long first = lines.getLineNumber(positions.getStartPosition(file, method));
        long last = lines.getLineNumber(positions.getEndPosition(file, method));
        methods.add(new Sized((int) (last - first + 1), name));
        if (method.getReturnType() != null) {
            parameters.add(new Sized(method.getParameters().size(), name));
        } else if (!isOfRecord()) {
            constructors.add(new Sized(method.getParameters().size(), name));
        }
        return super.visitMethod(method, null);
    }

    private boolean isOfRecord() {
        return getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
    }

    /** {@return the class at hand, with its package and the classes around it} */
    private String path() {
        String packages = fileName.substring(0, fileName.lastIndexOf('.') + 1);
        return packages + String.join(".", classes);
    }
}
