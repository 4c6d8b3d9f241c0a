@echo off
rem Double-click on Windows: sets crmlearn up once, then opens the course.
rem Whatever is typed after it goes to "crmlearn start"; CRMLEARN_VENV names another place for the packages.
setlocal
set "HERE=%~dp0"
if not exist "%HERE%pyproject.toml" (
  echo start.cmd lies apart from the rest of crmlearn.
  echo   Saw: no pyproject.toml next to it
  echo   Try: unpack the whole zip file first, then start it there
  goto failed
)
if not defined CRMLEARN_VENV set "CRMLEARN_VENV=%LOCALAPPDATA%\crmlearn\venv"
fc /b "%HERE%CHANGELOG.md" "%CRMLEARN_VENV%\installed.md" >nul 2>nul
if not errorlevel 1 goto open

set "PYTHON="
for %%P in ("py -3" "python" "python3") do if not defined PYTHON call :try %%P
if not defined PYTHON (
  echo crmlearn needs Python 3.11 or newer.
  echo   Saw: no such Python on this computer
  echo   Try: install it from https://www.python.org/downloads/ with "Add python.exe to PATH", then start this again
  goto failed
)
echo Setting crmlearn up in %CRMLEARN_VENV% (once; one to three minutes, about 850 MB)
if exist "%CRMLEARN_VENV%" rmdir /s /q "%CRMLEARN_VENV%"
%PYTHON% -m venv "%CRMLEARN_VENV%"
if errorlevel 1 goto failed
"%CRMLEARN_VENV%\Scripts\python.exe" -m pip install --disable-pip-version-check --quiet --progress-bar on -c "%HERE%constraints.txt" "%HERE%."
if errorlevel 1 goto failed
rem The last step, so that a set-up that was interrupted begins again.
copy /y "%HERE%CHANGELOG.md" "%CRMLEARN_VENV%\installed.md" >nul

:open
"%CRMLEARN_VENV%\Scripts\python.exe" -m crmlearn start %*
if errorlevel 1 goto failed
exit /b 0

:try
%~1 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 set "PYTHON=%~1"
exit /b 0

:failed
rem The window of a double-click closes at once otherwise; CRMLEARN_NO_PAUSE is for those who read a log.
if not defined CRMLEARN_NO_PAUSE pause
exit /b 2
