"""Addresses of the workspace, under /work/."""

from django.urls import path

from adme.collection.views import correcting, downloads, importing, mapping, releases, steps, submission, work

app_name = "collection"
urlpatterns = [
    path("", work.my_work, name="my-work"),
    path("import/", importing.import_file, name="import"),
    path("correct/", correcting.find, name="correct"),
    path("correct/value/", correcting.correct, name="correct-value"),
    path("submissions/", work.submissions, name="submissions"),
    path("submissions.csv", work.submissions_csv, name="submissions-csv"),
    path("submissions/<uuid:submission_id>/", submission.submission, name="submission"),
    path("submissions/<uuid:submission_id>/mapping/", mapping.mapping, name="mapping"),
    path("submissions/<uuid:submission_id>/mapping/text/", mapping.mapping_text, name="mapping-text"),
    path("submissions/<uuid:submission_id>/mapping.yaml", mapping.mapping_file, name="mapping-file"),
    path("submissions/<uuid:submission_id>/check/", mapping.check, name="check"),
    path("submissions/<uuid:submission_id>/progress/", importing.progress, name="progress"),
    path("submissions/<uuid:submission_id>/changes/", submission.all_changes, name="changes"),
    path("submissions/<uuid:submission_id>/history/", submission.all_history, name="history"),
    path("submissions/<uuid:submission_id>/file", downloads.source_file, name="source-file"),
    path("submissions/<uuid:submission_id>/<slug:name>.<slug:kind>", downloads.table, name="table"),
    path("submissions/<uuid:submission_id>/keep-good-rows/", steps.keep_good_rows, name="keep-good-rows"),
    path("submissions/<uuid:submission_id>/submit/", steps.submit, name="submit"),
    path("submissions/<uuid:submission_id>/take-back/", steps.take_back, name="take-back"),
    path("submissions/<uuid:submission_id>/approve/", steps.approve, name="approve"),
    path("submissions/<uuid:submission_id>/send-back/", steps.send_back, name="send-back"),
    path("submissions/<uuid:submission_id>/release/", steps.release, name="release"),
    path("submissions/<uuid:submission_id>/discard/", steps.discard, name="discard"),
    path("releases/", releases.releases, name="releases"),
    path("releases/new/", releases.release_together, name="release-together"),
    path("releases/<uuid:release_id>/", releases.release, name="release-page"),
    path("releases/<uuid:release_id>/move/", releases.move, name="move-release"),
    path("releases/<uuid:release_id>/cancel/", releases.cancel, name="cancel-release"),
    path("releases/<uuid:release_id>/withdraw/", releases.withdraw, name="withdraw-release"),
]
