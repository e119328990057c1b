# escape=`
FROM mcr.microsoft.com/windows/nanoserver:ltsc2025
COPY dist C:\app\
ENV A=9 `
    B=2 `
    C=3
CMD ["node", "C:\\app\\server.js"]
